import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { NotFound, PageError, PagePending } from '@/app/fallbacks';
import { Shell } from '@/app/Shell';
import { readCalendarSearch } from '@/features/calendar/search';
import { readAdminSearch } from '@/features/admin/search';
import { readAudiencesSearch } from '@/features/audiences/search';
import { readAlertsSearch } from '@/features/alerts/search';
import { readCampaignSearch } from '@/features/campaign/search';
import { readCampaignsSearch } from '@/features/campaigns/search';
import { readContentSearch, readContentsSearch } from '@/features/contents/search';
import { readFilesSearch } from '@/features/files/search';
import { readMailsSearch } from '@/features/mails/search';
import { readPeopleSearch, readPersonSearch } from '@/features/people/search';
import { readPopulationSearch } from '@/features/population/search';
import { readRegisterSearch } from '@/features/register/search';
import { readBehindSearch, readReportSearch } from '@/features/reports/search';
import { readRunSearch, readTraceSearch } from '@/features/run/search';
import { readRunsSearch } from '@/features/runs/search';
import { readTablesSearch } from '@/features/tables/search';
import { readTemplatesSearch } from '@/features/templates/search';
import { readVersionsSearch } from '@/features/versions/search';

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

const versions = createRoute({
  getParentRoute: () => root,
  path: '/campaigns/$name/versions',
  validateSearch: readVersionsSearch,
  staticData: { fill: true },
  component: lazyRouteComponent(() => import('@/features/versions/VersionsPage'), 'VersionsPage'),
});

const templates = createRoute({
  getParentRoute: () => root,
  path: '/templates',
  validateSearch: readTemplatesSearch,
  component: lazyRouteComponent(
    () => import('@/features/templates/TemplatesPage'),
    'TemplatesPage',
  ),
});

const calendar = createRoute({
  getParentRoute: () => root,
  path: '/calendar',
  validateSearch: readCalendarSearch,
  component: lazyRouteComponent(() => import('@/features/calendar/CalendarPage'), 'CalendarPage'),
});

const alerts = createRoute({
  getParentRoute: () => root,
  path: '/alerts',
  validateSearch: readAlertsSearch,
  component: lazyRouteComponent(() => import('@/features/alerts/AlertsPage'), 'AlertsPage'),
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

const contents = createRoute({
  getParentRoute: () => root,
  path: '/contents',
  validateSearch: readContentsSearch,
  component: lazyRouteComponent(() => import('@/features/contents/ContentsPage'), 'ContentsPage'),
});

const content = createRoute({
  getParentRoute: () => root,
  path: '/contents/$kind/$name',
  validateSearch: readContentSearch,
  staticData: { fill: true },
  component: lazyRouteComponent(() => import('@/features/contents/ContentPage'), 'ContentPage'),
});

const trace = createRoute({
  getParentRoute: () => root,
  path: '/runs/$run/trace/$key',
  validateSearch: readTraceSearch,
  component: lazyRouteComponent(() => import('@/features/run/TracePage'), 'TracePage'),
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

const files = createRoute({
  getParentRoute: () => root,
  path: '/files',
  validateSearch: readFilesSearch,
  component: lazyRouteComponent(() => import('@/features/files/FilesPage'), 'FilesPage'),
});

const reports = createRoute({
  getParentRoute: () => root,
  path: '/reports',
  validateSearch: readReportSearch,
  component: lazyRouteComponent(() => import('@/features/reports/ReportsPage'), 'ReportsPage'),
});

const behind = createRoute({
  getParentRoute: () => root,
  path: '/reports/people',
  validateSearch: readBehindSearch,
  component: lazyRouteComponent(() => import('@/features/reports/BehindPage'), 'BehindPage'),
});

const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  validateSearch: readPeopleSearch,
  component: lazyRouteComponent(() => import('@/features/people/PeoplePage'), 'PeoplePage'),
});

const person = createRoute({
  getParentRoute: () => root,
  path: '/people/$dimension/$key',
  validateSearch: readPersonSearch,
  component: lazyRouteComponent(() => import('@/features/people/PersonPage'), 'PersonPage'),
});

const register = createRoute({
  getParentRoute: () => root,
  path: '/register',
  validateSearch: readRegisterSearch,
  component: lazyRouteComponent(() => import('@/features/register/RegisterPage'), 'RegisterPage'),
});

const audiences = createRoute({
  getParentRoute: () => root,
  path: '/audiences',
  validateSearch: readAudiencesSearch,
  component: lazyRouteComponent(
    () => import('@/features/audiences/AudiencesPage'),
    'AudiencesPage',
  ),
});

const admin = createRoute({
  getParentRoute: () => root,
  path: '/admin',
  validateSearch: readAdminSearch,
  component: lazyRouteComponent(() => import('@/features/admin/AdminPage'), 'AdminPage'),
});

const population = createRoute({
  getParentRoute: () => root,
  path: '/runs/$run/rows/$activity',
  validateSearch: readPopulationSearch,
  component: lazyRouteComponent(
    () => import('@/features/population/PopulationPage'),
    'PopulationPage',
  ),
});

const pagesOfPeople = [population, reports, behind, people, person, register, audiences, admin];

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    campaigns,
    campaign,
    versions,
    templates,
    calendar,
    contents,
    content,
    alerts,
    runs,
    run,
    trace,
    mails,
    tables,
    files,
    ...pagesOfPeople,
  ]),
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
