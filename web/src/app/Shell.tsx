import {
  ActionIcon,
  Burger,
  Menu,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import {
  IconCalendarEvent,
  IconChartBar,
  IconFiles,
  IconLanguage,
  IconMailbox,
  IconMoon,
  IconProgressCheck,
  IconSettings,
  IconShieldOff,
  IconSpeakerphone,
  IconSun,
  IconTable,
  IconMailSpark,
  IconTemplate,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react';
import { Link, Outlet, useMatches } from '@tanstack/react-router';
import { useStatus } from '@/api/server';
import { useState } from 'react';
import { Bell } from '@/features/alerts/Bell';
import { TourOffer } from '@/features/tour/TourOffer';
import { Logo } from '@/ui/Logo';
import classes from '@/app/shell.module.css';
import { chooseLanguage, currentLanguage, LANGUAGES, t } from '@/i18n';

const AREAS = [
  { to: '/campaigns', label: t('campaigns.title'), Icon: IconSpeakerphone },
  { to: '/calendar', label: t('calendar.title'), Icon: IconCalendarEvent },
  { to: '/templates', label: t('templates.title'), Icon: IconTemplate },
  { to: '/contents', label: t('contents.title'), Icon: IconMailSpark },
  { to: '/runs', label: t('runs.title'), Icon: IconProgressCheck },
  { to: '/reports', label: t('reports.title'), Icon: IconChartBar },
  { to: '/people', label: t('people.title'), Icon: IconUsers },
  { to: '/audiences', label: t('audiences.title'), Icon: IconUsersGroup },
  { to: '/register', label: t('register.short'), Icon: IconShieldOff },
  { to: '/mails', label: t('mails.title'), Icon: IconMailbox },
  { to: '/tables', label: t('tables.title'), Icon: IconTable },
  { to: '/files', label: t('files.title'), Icon: IconFiles },
  { to: '/admin', label: t('admin.title'), Icon: IconSettings },
] as const;

export function Shell() {
  const fill = useMatches().at(-1)?.staticData.fill === true;
  const [opened, setOpened] = useState(false);
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        {t('shell.skip')}
      </a>
      <div className={classes.nav} data-opened={opened}>
        <div className={classes.top}>
          <Link to="/campaigns" className={classes.brand}>
            <Logo size={30} />
            <span>Tutti</span>
          </Link>
          <Bell onOpen={() => setOpened(false)} />
        </div>
        <Burger
          className={classes.burger}
          size="sm"
          opened={opened}
          aria-label={t('shell.menu')}
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
        />
        <nav className={classes.areas} aria-label={t('shell.main')}>
          {AREAS.map(({ to, label, Icon }) => (
            <Link
              key={to}
              to={to}
              className={classes.area}
              activeOptions={{ includeSearch: false }}
              onClick={() => setOpened(false)}
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
      <TourOffer />
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
