const colours = [
  'bg',
  'surface',
  'surface-sunken',
  'text',
  'text-muted',
  'heading',
  'border',
  'border-strong',
  'primary',
  'on-primary',
  'primary-strong',
  'primary-soft',
  'link',
  'accent',
  'on-accent',
  'accent-soft',
  'focus',
  'success',
  'success-soft',
  'warning',
  'warning-soft',
  'danger',
  'danger-soft',
  'info',
  'info-soft',
  'overlay',
  'hero',
  'on-hero',
  'footer',
  'on-footer',
].map((name) => `color-${name}`);

const fonts = [
  'body',
  'heading',
  'mono',
  ...['body', 'medium', 'bold', 'heading'].map((name) => `weight-${name}`),
  ...['xs', 'sm', 'md', 'lg', 'xl', '2xl', '3xl', 'display'].map((name) => `size-${name}`),
  'leading-tight',
  'leading-body',
  'tracking-heading',
  'tracking-label',
].map((name) => `font-${name}`);

const shapes = [
  ...['1', '2', '3', '4', '5', '6', '8', '10', '12', '16', '20'].map((step) => `space-${step}`),
  ...['sm', 'md', 'lg', 'pill', 'control', 'card'].map((name) => `radius-${name}`),
  ...['sm', 'md', 'lg'].map((name) => `shadow-${name}`),
  ...['container', 'prose', 'form'].map((name) => `width-${name}`),
  'border-width',
  'duration-fast',
  'duration-slow',
  'ease-out',
  'image-hero',
  ...['header', 'overlay', 'toast'].map((name) => `z-${name}`),
];

/** Every theme defines exactly these custom properties; their meaning is in `themes/README.md`. */
export const TOKEN_NAMES: readonly string[] = [...colours, ...fonts, ...shapes].map((name) => `--${name}`);

const surfaces = ['bg', 'surface', 'surface-sunken'];
const states = ['success', 'warning', 'danger', 'info'];

/** Foreground, ground and least contrast: 4.5 for text, 3 for edges and focus rings (WCAG 2.2, 1.4.3 and 1.4.11). */
export const CONTRAST_PAIRS: readonly (readonly [string, string, number])[] = (
  [
    ...surfaces.flatMap((ground) => [
      ['text', ground, 4.5],
      ['text-muted', ground, 4.5],
    ]),
    ...['bg', 'surface'].flatMap((ground) => [
      ['heading', ground, 4.5],
      ['primary', ground, 4.5],
      ['link', ground, 4.5],
      ['focus', ground, 3],
    ]),
    ['text', 'primary-soft', 4.5],
    ['text', 'accent-soft', 4.5],
    ['link', 'primary-soft', 4.5],
    ['border-strong', 'surface', 3],
    ['on-primary', 'primary', 4.5],
    ['on-primary', 'primary-strong', 4.5],
    ['on-accent', 'accent', 4.5],
    ['on-hero', 'hero', 4.5],
    ['on-footer', 'footer', 4.5],
    ...states.flatMap((state) => [
      [state, 'surface', 4.5],
      [state, `${state}-soft`, 4.5],
    ]),
  ] as [string, string, number][]
).map(([text, ground, least]) => [`--color-${text}`, `--color-${ground}`, least]);
