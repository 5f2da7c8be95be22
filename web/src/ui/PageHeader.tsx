import { useEffect, type ReactNode } from 'react';
import classes from '@/ui/ui.module.css';

interface Props {
  title: string;
  /** Shown beside the title. */
  badges?: ReactNode;
  subtitle?: ReactNode;
  back?: ReactNode;
  actions?: ReactNode;
}

/** The head of a page; it also names the browser's tab. */
export function PageHeader({ title, badges, subtitle, back, actions }: Props) {
  useEffect(() => {
    document.title = `${title} · Tutti`;
  }, [title]);
  return (
    <header className={classes.header}>
      {back}
      <div className={classes.headerRow}>
        <h1 className={classes.title}>
          {title} {badges}
        </h1>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
        {subtitle !== undefined && <p className={classes.subtitle}>{subtitle}</p>}
      </div>
    </header>
  );
}
