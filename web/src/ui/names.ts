/** Names of documents, made of what people call them. Pure. */

/** `Win back — spring 2026` → `win_back_spring_2026`, with a number where that is taken; `fallback` where nothing is left. */
export function nameFrom(label: string, taken: string[], fallback = 'campaign'): string {
  const plain = label
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .replace(/^(?=\d)/, 'c_')
    .slice(0, 60);
  const base = plain === '' ? fallback : plain;
  if (!taken.includes(base)) return base;
  let number = 2;
  while (taken.includes(`${base}_${number}`)) number += 1;
  return `${base}_${number}`;
}
