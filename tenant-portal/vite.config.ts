import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Two bundles: `vite build tenant-portal` for browsers, `vite build tenant-portal --ssr` for the server's renderer. */
export default defineConfig(({ isSsrBuild }) => ({
  root: folder('.'),
  base: '/assets/portal/',
  publicDir: false,
  plugins: [vue()],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  build: {
    target: 'es2022',
    outDir: folder(isSsrBuild === true ? '../dist/tenant-portal/server' : '../dist/tenant-portal/client'),
    emptyOutDir: true,
    manifest: isSsrBuild !== true,
    // The shell links every file itself, under its own Content-Security-Policy.
    modulePreload: false,
    // A data: address would be refused by the Content-Security-Policy of images.
    assetsInlineLimit: 0,
    copyPublicDir: false,
    rolldownOptions: {
      input: folder(isSsrBuild === true ? 'src/entry-server.ts' : 'src/entry-client.ts'),
      // Many small shared chunks compress worse than a few.
      output:
        isSsrBuild === true
          ? {}
          : {
              codeSplitting: {
                groups: [
                  { name: 'search', test: /src\/(components\/(search|shared)|search|composables)\//, minShareCount: 2 },
                  { name: 'itinerary', test: /src\/components\/(flights|hotels)\//, minShareCount: 2 },
                ],
              },
            },
    },
  },
}));
