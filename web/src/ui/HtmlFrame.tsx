import { useMemo } from 'react';
import classes from '@/ui/ui.module.css';

/** No scripts (also by the sandbox), nothing loaded from elsewhere, nothing submitted. */
const POLICY =
  '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; ' +
  "style-src 'unsafe-inline'; font-src data:; form-action 'none'; base-uri 'none'\">" +
  '<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light">' +
  '<style>:where(a[data-link]){color:-webkit-link;text-decoration:underline}</style>';

/**
 * The document with the policy before anything of its own. What would navigate the frame is taken
 * out, as neither sandbox nor policy stops that: links keep their address as a title.
 */
export function guardedHtml(html: string): string {
  const page = new DOMParser().parseFromString(html, 'text/html');
  for (const element of page.querySelectorAll('meta[http-equiv], base, script')) element.remove();
  for (const link of page.querySelectorAll('a[href], area[href]')) {
    link.setAttribute('title', link.getAttribute('href') ?? '');
    link.setAttribute('data-link', '');
    link.removeAttribute('href');
  }
  page.head.insertAdjacentHTML('afterbegin', POLICY);
  return `<!doctype html>${page.documentElement.outerHTML}`;
}

/** Foreign HTML, shown without trust. */
export function HtmlFrame({ html, title }: { html: string; title: string }) {
  const guarded = useMemo(() => guardedHtml(html), [html]);
  return (
    <iframe
      className={classes.frame}
      title={title}
      sandbox=""
      referrerPolicy="no-referrer"
      srcDoc={guarded}
    />
  );
}
