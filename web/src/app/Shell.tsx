import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import {
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

const AREAS = [
  { to: '/campaigns', label: 'Campaigns', Icon: IconSpeakerphone },
  { to: '/runs', label: 'Runs', Icon: IconProgressCheck },
  { to: '/mails', label: 'Caught mails', Icon: IconMailbox },
  { to: '/tables', label: 'Tables', Icon: IconTable },
] as const;

export function Shell() {
  const fill = useMatches().at(-1)?.staticData.fill === true;
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        Skip to the content
      </a>
      <div className={classes.nav}>
        <Link to="/campaigns" className={classes.brand}>
          <Logo size={30} />
          <span>Tutti</span>
        </Link>
        <nav className={classes.areas} aria-label="Main">
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
  const catcher = data?.catcher ? ` · catcher ${data.catcher.smtp}` : '';
  return (
    <footer className={classes.foot}>
      <div className={classes.status} role="status">
        <span className={classes.light} data-up={status.isSuccess} aria-hidden />
        <span>
          {status.isPending && 'Connecting'}
          {status.isError && 'Server out of reach'}
          {data !== undefined && (
            <>
              <b>Tutti {data.version}</b>
              <br />
              <span title={`Data in ${data.data_dir}${catcher}`}>{data.data_dir}</span>
            </>
          )}
        </span>
      </div>
      <ThemeToggle />
    </footer>
  );
}

function ThemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const next = useComputedColorScheme('light') === 'dark' ? 'light' : 'dark';
  return (
    <Tooltip label={next === 'dark' ? 'Dark' : 'Light'}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={next === 'dark' ? 'Use the dark theme' : 'Use the light theme'}
        onClick={() => setColorScheme(next)}
      >
        {next === 'dark' ? <IconMoon size={18} /> : <IconSun size={18} />}
      </ActionIcon>
    </Tooltip>
  );
}
