import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { API, createApi } from './api/index.ts';
import { createHttp } from './api/http.ts';
import { createConsoleI18n, preferredLocale, setLocale } from './i18n/index.ts';
import { I18N } from './i18n/use-locale.ts';
import { createConsoleRouter } from './router/index.ts';
import { useSession } from './stores/session.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/forms.css';
import './styles/tables.css';
import './styles/pages.css';

async function start(): Promise<void> {
  const app = createApp(App);
  app.use(createPinia());
  const session = useSession();
  const api = createApi(
    createHttp({ csrfToken: () => session.csrfToken, onSignedOut: session.expire, onStepUp: session.askStepUp }),
  );
  const i18n = createConsoleI18n();
  app.provide(API, api);
  app.provide(I18N, i18n);
  app.use(i18n);
  await session.load(api.session);
  await setLocale(i18n, preferredLocale(session.user?.locale));
  app.use(createConsoleRouter(session));
  app.mount('#app');
}

void start();
