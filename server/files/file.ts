import type { ImageForm } from '../kernel/uploads/redraw-image.ts';

/** What a picture is for decides what it becomes. Mail programs draw bitmaps only, so a logo is PNG. */
export const PURPOSES = {
  logo: { format: 'png', width: 800, height: 240 },
  favicon: { format: 'png', width: 180, height: 180 },
  hero: { format: 'webp', width: 2400, height: 1600 },
} as const satisfies Record<string, ImageForm>;
export type Purpose = keyof typeof PURPOSES;

export interface StoredFile {
  id: string;
  contentType: 'image/png' | 'image/webp';
  data: Buffer;
  /** SHA-256, base64url; the entity tag. */
  digest: string;
  published: boolean;
}

/** Where files lie. PostgreSQL is one; a store of objects could be another. */
export interface FileStore<Scope> {
  put(scope: Scope, file: NewFile): Promise<void>;
  find(scope: Scope, id: string): Promise<StoredFile | undefined>;
}

export interface NewFile {
  id: string;
  brandId: string;
  purpose: Purpose;
  contentType: StoredFile['contentType'];
  data: Buffer;
  digest: string;
  width: number;
  height: number;
  uploadedBy: string | null;
}

const EXTENSIONS = { 'image/png': 'png', 'image/webp': 'webp' } as const;
export const FILE_PREFIX = '/files/';
const FILE_PATH = /^\/files\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(?:png|webp)$/;

/** Address of a file on every host of its tenant; what it holds never changes. */
export const filePath = ({ id, contentType }: Pick<StoredFile, 'id' | 'contentType'>): string =>
  `${FILE_PREFIX}${id}.${EXTENSIONS[contentType]}`;

/** Id in an address of a file; undefined for any other text. */
export const fileIdOf = (path: string): string | undefined => FILE_PATH.exec(path)?.[1];
