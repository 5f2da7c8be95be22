import { useMemo } from 'react';
import classes from '@/ui/ui.module.css';

export type FrameScheme = 'light' | 'dark';

interface Guard {
  /** Whether images are loaded from the web, over TLS. */
  images?: boolean;
  scheme?: FrameScheme;
}

/** No scripts (also by the sandbox), nothing loaded from elsewhere but images where asked for, nothing submitted. */
function policy({ images = false, scheme = 'light' }: Guard): string {
  return (
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:${images ? ' https:' : ''}; ` +
    "style-src 'unsafe-inline'; font-src data:; form-action 'none'; base-uri 'none'\">" +
    `<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="${scheme}">` +
    '<style>:where(a[data-link]){color:-webkit-link;text-decoration:underline}</style>'
  );
}

/** What mail programs do to messages that say nothing of dark colours: bright and dark change places, images stay. */
const INVERTED =
  '<style>html{background:#fff;filter:invert(1) hue-rotate(180deg)}img,video{filter:invert(1) hue-rotate(180deg)}</style>';

/** Whether a message says by itself how it looks in the dark. */
export function hasDarkLook(html: string): boolean {
  return /prefers-color-scheme\s*:\s*dark/i.test(html);
}

/**
 * The document with the policy before anything of its own. What would navigate the frame is taken
 * out, as neither sandbox nor policy stops that: links keep their address as a title.
 */
export function guardedHtml(html: string, guard: Guard = {}): string {
  const page = new DOMParser().parseFromString(html, 'text/html');
  for (const element of page.querySelectorAll(
    'meta[http-equiv], meta[name="color-scheme"], base, script',
  )) {
    element.remove();
  }
  for (const link of page.querySelectorAll('a[href], area[href]')) {
    link.setAttribute('title', link.getAttribute('href') ?? '');
    link.setAttribute('data-link', '');
    link.removeAttribute('href');
  }
  page.head.insertAdjacentHTML('afterbegin', policy(guard));
  if (guard.scheme === 'dark' && !hasDarkLook(html))
    page.head.insertAdjacentHTML('beforeend', INVERTED);
  return `<!doctype html>${page.documentElement.outerHTML}`;
}

interface Props extends Guard {
  html: string;
  title: string;
}

/** Foreign HTML, shown without trust. */
export function HtmlFrame({ html, title, images = false, scheme = 'light' }: Props) {
  const guarded = useMemo(() => guardedHtml(html, { images, scheme }), [html, images, scheme]);
  return (
    <iframe
      className={classes.frame}
      title={title}
      sandbox=""
      referrerPolicy="no-referrer"
      style={{ colorScheme: scheme }}
      srcDoc={guarded}
    />
  );
}
