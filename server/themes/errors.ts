/** A theme that cannot be used: unknown name, broken manifest, a template that does not compile. */
export class ThemeError extends Error {
  override readonly name = 'ThemeError';
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
