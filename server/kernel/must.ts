/**
 * The value, where the code around it has seen to it that there is one. Its absence is a defect of ours, never a mistake of a caller: the
 * error names what is missing and becomes a 500.
 */
export function must<T>(value: T | null | undefined, what: string): T {
  if (value === undefined || value === null) throw new Error(`Missing: ${what}`);
  return value;
}
