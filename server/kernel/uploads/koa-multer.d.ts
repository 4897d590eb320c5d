// What we use of @koa/multer, which has no types of its own.
declare module '@koa/multer' {
  import type { Context } from 'koa';

  interface Multer {
    single(field: string): (ctx: Context, next: () => Promise<void>) => Promise<unknown>;
  }
  interface Limits {
    fileSize: number;
    files: number;
    fields: number;
    fieldSize: number;
    fieldNameSize: number;
    parts: number;
    headerPairs: number;
  }
  function multer(options: { storage: unknown; limits: Limits }): Multer;
  namespace multer {
    function memoryStorage(): unknown;
  }
  export default multer;
}
