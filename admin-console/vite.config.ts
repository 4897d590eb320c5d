import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** One bundle for browsers; the server answers every page below `/console/` with its index.html. */
export default defineConfig({
  root: folder('.'),
  base: '/console/',
  publicDir: false,
  // The server puts each answer's nonce in its place.
  html: { cspNonce: '__CSP_NONCE__' },
  // A space between two words stays one, also where the source breaks the line.
  plugins: [vue({ template: { compilerOptions: { whitespace: 'preserve' } } })],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    target: 'es2022',
    outDir: folder('../dist/admin-console'),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // A data: address would be refused by the Content-Security-Policy of fonts and styles.
    assetsInlineLimit: 0,
    cssCodeSplit: false,
  },
});
