import { writeReferences } from './write-references.ts';

// `npm run openapi`: prints docs/reference/openapi.json from the routes themselves; needs no database.
await writeReferences('openapi.json');
