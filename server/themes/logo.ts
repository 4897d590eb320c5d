/** Mail programs draw bitmaps, few draw SVG: a logo of another kind gives way to the brand's name in text. */
export const MAIL_LOGO_EXTENSIONS = /\.(?:png|jpe?g|gif)(?:\?|$)/i;
