import { createRouter } from 'vue-router';
import type { Router, RouterHistory, RouteRecordRaw } from 'vue-router';

export const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('./pages/HomePage.vue') },
  { path: '/flights', name: 'flights', component: () => import('./pages/FlightResultsPage.vue') },
  { path: '/hotels', name: 'hotels', component: () => import('./pages/HotelResultsPage.vue') },
  { path: '/hotels/:id', name: 'hotel', component: () => import('./pages/HotelPage.vue') },
  { path: '/checkout', name: 'checkout', component: () => import('./pages/CheckoutPage.vue') },
  { path: '/trips', name: 'trips', component: () => import('./pages/TripsPage.vue') },
  { path: '/trips/:reference', name: 'trip', component: () => import('./pages/TripPage.vue') },
  { path: '/account', name: 'account', component: () => import('./pages/AccountPage.vue') },
  { path: '/:path(.*)*', name: 'not-found', component: () => import('./pages/NotFoundPage.vue') },
];

export function createPortalRouter(history: RouterHistory): Router {
  return createRouter({
    history,
    routes,
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0, behavior: 'instant' }),
  });
}
