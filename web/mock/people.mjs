/** Made-up people of the sample shop, a pure function of their number. */

const FIRST = ['Ada', 'Bruno', 'Chloé', 'Daan', 'Elif', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jonas'];
const LAST = ['Almeida', 'Bernard', 'Castel', 'Dubois', 'Egger', 'Fontaine', 'Garcia', 'Huber'];
const CITIES = ['Lyon', 'Nantes', 'Lille', 'Bordeaux', 'Genève', 'Bruxelles', 'Strasbourg'];
const TIERS = ['gold', 'silver', 'none', 'none'];

/** A number in [0, 2^32) that depends on `text` only (FNV-1a). */
export function hash(text) {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) >>> 0;
  return (h ^ (h >>> 12)) >>> 0;
}

export function person(n) {
  const h = hash(`person ${n}`);
  const first = FIRST[h % FIRST.length];
  const last = LAST[(h >>> 4) % LAST.length];
  return {
    key: `c${String(n).padStart(6, '0')}`,
    first,
    last,
    email: `${plain(first)}.${plain(last)}${n}@shop.example`,
    city: CITIES[(h >>> 8) % CITIES.length],
    tier: TIERS[(h >>> 12) % TIERS.length],
    spent: (((h >>> 3) % 90000) / 100).toFixed(2),
    lastPurchase: `2026-0${1 + ((h >>> 6) % 8)}-${String(1 + ((h >>> 9) % 28)).padStart(2, '0')}`,
  };
}

function plain(name) {
  return name
    .normalize('NFD')
    .replace(/[^a-zA-Z]/g, '')
    .toLowerCase();
}
