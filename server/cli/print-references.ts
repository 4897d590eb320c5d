import { writeReferences } from './write-references.ts';

// Prints all of docs/reference: routes, settings, problems and events.
await writeReferences();
