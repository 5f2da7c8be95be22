import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { NotFound, PageError, PagePending } from '@/app/fallbacks';
import { Shell } from '@/app/Shell';
import { readCampaignSearch } from '@/features/campaign/search';
import { readCampaignsSearch } from '@/features/campaigns/search';
import { readMailsSearch } from '@/features/mails/search';
import { readRunSearch } from '@/features/run/search';
import { readRunsSearch } from '@/features/runs/search';
import { readTablesSearch } from '@/features/tables/search';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/campaigns' });
  },
});

const campaigns = createRoute({
  getParentRoute: () => root,
  path: '/campaigns',
  validateSearch: readCampaignsSearch,
  component: lazyRouteComponent(
    () => import('@/features/campaigns/CampaignsPage'),
    'CampaignsPage',
  ),
});

const campaign = createRoute({
  getParentRoute: () => root,
  path: '/campaigns/$name',
  validateSearch: readCampaignSearch,
  staticData: { fill: true },
  component: lazyRouteComponent(() => import('@/features/campaign/CampaignPage'), 'CampaignPage'),
});

const runs = createRoute({
  getParentRoute: () => root,
  path: '/runs',
  validateSearch: readRunsSearch,
  component: lazyRouteComponent(() => import('@/features/runs/RunsPage'), 'RunsPage'),
});

const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$run',
  validateSearch: readRunSearch,
  component: lazyRouteComponent(() => import('@/features/run/RunPage'), 'RunPage'),
});

const mails = createRoute({
  getParentRoute: () => root,
  path: '/mails',
  validateSearch: readMailsSearch,
  staticData: { fill: true },
  component: lazyRouteComponent(() => import('@/features/mails/MailsPage'), 'MailsPage'),
});

const tables = createRoute({
  getParentRoute: () => root,
  path: '/tables',
  validateSearch: readTablesSearch,
  component: lazyRouteComponent(() => import('@/features/tables/TablesPage'), 'TablesPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([home, campaigns, campaign, runs, run, mails, tables]),
  defaultPreload: 'intent',
  defaultPendingComponent: PagePending,
  defaultErrorComponent: PageError,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
  interface StaticDataRouteOption {
    /** The page fills the window and scrolls inside of itself. */
    fill?: boolean;
  }
}
