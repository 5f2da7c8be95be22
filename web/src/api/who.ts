/** Nobody signs in: people are the names that they give themselves in their browsers. */
export const NAME_KEPT_UNDER = 'tutti-comment-name';

/** Whoever uses this browser, where they said who they are. */
export function whoAsks(): string | undefined {
  const name = globalThis.localStorage?.getItem(NAME_KEPT_UNDER)?.trim() ?? '';
  return name === '' ? undefined : name;
}
