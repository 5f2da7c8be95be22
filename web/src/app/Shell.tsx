import {
  ActionIcon,
  Menu,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import {
  IconLanguage,
  IconMailbox,
  IconMoon,
  IconProgressCheck,
  IconSpeakerphone,
  IconSun,
  IconTable,
} from '@tabler/icons-react';
import { Link, Outlet, useMatches } from '@tanstack/react-router';
import { useStatus } from '@/api/server';
import { Logo } from '@/ui/Logo';
import classes from '@/app/shell.module.css';
import { chooseLanguage, currentLanguage, LANGUAGES, t } from '@/i18n';

const AREAS = [
  { to: '/campaigns', label: t('campaigns.title'), Icon: IconSpeakerphone },
  { to: '/runs', label: t('runs.title'), Icon: IconProgressCheck },
  { to: '/mails', label: t('mails.title'), Icon: IconMailbox },
  { to: '/tables', label: t('tables.title'), Icon: IconTable },
] as const;

export function Shell() {
  const fill = useMatches().at(-1)?.staticData.fill === true;
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        {t('shell.skip')}
      </a>
      <div className={classes.nav}>
        <Link to="/campaigns" className={classes.brand}>
          <Logo size={30} />
          <span>Tutti</span>
        </Link>
        <nav className={classes.areas} aria-label={t('shell.main')}>
          {AREAS.map(({ to, label, Icon }) => (
            <Link
              key={to}
              to={to}
              className={classes.area}
              activeOptions={{ includeSearch: false }}
            >
              <Icon size={19} stroke={1.7} aria-hidden />
              {label}
            </Link>
          ))}
        </nav>
        <Foot />
      </div>
      <main id="content" tabIndex={-1} className={classes.main} data-fill={fill}>
        <Outlet />
      </main>
    </div>
  );
}

function Foot() {
  const status = useStatus();
  const { data } = status;
  const catcher = data?.catcher ? t('shell.catcher', { smtp: data.catcher.smtp }) : '';
  return (
    <footer className={classes.foot}>
      <div className={classes.status} role="status">
        <span className={classes.light} data-up={status.isSuccess} aria-hidden />
        <span>
          {status.isPending && t('shell.connecting')}
          {status.isError && t('shell.unreachable')}
          {data !== undefined && (
            <>
              <b>Tutti {data.version}</b>
              <br />
              <span title={`${t('shell.data', { folder: data.data_dir })}${catcher}`}>
                {data.data_dir}
              </span>
            </>
          )}
        </span>
      </div>
      <LanguageMenu />
      <ThemeToggle />
    </footer>
  );
}

function LanguageMenu() {
  return (
    <Menu position="top-end">
      <Menu.Target>
        <Tooltip label={t('shell.language')}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('shell.language')}>
            <IconLanguage size={18} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {LANGUAGES.map(({ id, name }) => (
          <Menu.Item
            key={id}
            disabled={id === currentLanguage()}
            onClick={() => chooseLanguage(id)}
          >
            <span lang={id}>{name}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ThemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const next = useComputedColorScheme('light') === 'dark' ? 'light' : 'dark';
  return (
    <Tooltip label={next === 'dark' ? t('shell.dark') : t('shell.light')}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={next === 'dark' ? t('shell.useDark') : t('shell.useLight')}
        onClick={() => setColorScheme(next)}
      >
        {next === 'dark' ? <IconMoon size={18} /> : <IconSun size={18} />}
      </ActionIcon>
    </Tooltip>
  );
}
