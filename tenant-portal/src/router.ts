import { createRouter } from 'vue-router';
import type { Router, RouterHistory, RouteRecordRaw } from 'vue-router';

declare module 'vue-router' {
  interface RouteMeta {
    /** Texts this page needs beyond the common ones. */
    texts?: 'booking' | 'partners';
  }
}

export const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('./pages/HomePage.vue') },
  { path: '/flights', name: 'flights', component: () => import('./pages/FlightResultsPage.vue') },
  { path: '/hotels', name: 'hotels', component: () => import('./pages/HotelResultsPage.vue') },
  { path: '/hotels/:id', name: 'hotel', component: () => import('./pages/HotelPage.vue') },
  {
    path: '/checkout',
    name: 'checkout',
    meta: { texts: 'booking' },
    component: () => import('./pages/CheckoutPage.vue'),
  },
  { path: '/trips', name: 'trips', meta: { texts: 'booking' }, component: () => import('./pages/TripsPage.vue') },
  {
    path: '/trips/:reference',
    name: 'trip',
    meta: { texts: 'booking' },
    component: () => import('./pages/TripPage.vue'),
  },
  { path: '/account', name: 'account', meta: { texts: 'booking' }, component: () => import('./pages/AccountPage.vue') },
  { path: '/pay', name: 'pay', meta: { texts: 'booking' }, component: () => import('./pages/PayPage.vue') },
  {
    path: '/partners/apply',
    name: 'partner-apply',
    meta: { texts: 'partners' },
    component: () => import('./pages/PartnerApplyPage.vue'),
  },
  {
    path: '/partners/application',
    name: 'partner-application',
    meta: { texts: 'partners' },
    component: () => import('./pages/PartnerApplicationPage.vue'),
  },
  { path: '/:path(.*)*', name: 'not-found', component: () => import('./pages/NotFoundPage.vue') },
];

export function createPortalRouter(history: RouterHistory): Router {
  return createRouter({
    history,
    routes,
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0, behavior: 'instant' }),
  });
}
