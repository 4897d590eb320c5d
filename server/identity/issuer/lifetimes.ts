/** Access tokens are not stored and so cannot be called back: they live minutes. */
export const ACCESS_TOKEN_SECONDS = 600;
/** How long a person has to type the code that a device shows (RFC 8628, 6.1). */
export const DEVICE_CODE_SECONDS = 600;
