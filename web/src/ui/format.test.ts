import { describe, expect, it } from 'vitest';
import {
  elapsedMs,
  formatAgo,
  formatBytes,
  formatCell,
  formatCount,
  formatDuration,
  formatShare,
  formatTime,
  humanize,
  sentence,
} from '@/ui/format';

const NOW = Date.parse('2026-11-23T12:00:00Z');

describe('format', () => {
  it.each([
    [0, '0'],
    [1_234_567, '1,234,567'],
    [null, '–'],
  ])('count %s', (value, text) => {
    expect(formatCount(value)).toBe(text);
  });

  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [4_210, '4.2 s'],
    [60_000, '1 min'],
    [185_000, '3 min 5 s'],
    [3_600_000, '1 h'],
    [7_260_000, '2 h 1 min'],
    [90_000_000, '1 d 1 h'],
    [undefined, '–'],
  ])('duration %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it.each([
    ['2026-11-23T11:59:40Z', 'just now'],
    ['2026-11-23T11:50:00Z', '10 minutes ago'],
    ['2026-11-23T09:00:00Z', '3 hours ago'],
    ['2026-11-22T12:00:00Z', 'yesterday'],
    ['not a time', '–'],
  ])('ago %s', (time, text) => {
    expect(formatAgo(time, NOW)).toBe(text);
  });

  it('says nothing of nothing', () => {
    expect(formatTime(null)).toBe('–');
    expect(formatShare(1, 0)).toBe('–');
    expect(formatCell(null)).toBe('–');
    expect(formatCell(true)).toBe('Yes');
    expect(formatCell('2026-11-23')).toBe('2026-11-23');
    expect(formatCell('2026-11-23T12:00:00.25Z')).toBe(formatTime('2026-11-23T12:00:00Z'));
    expect(elapsedMs(null, null, NOW)).toBeNull();
  });

  it('measures a running run up to now', () => {
    expect(elapsedMs('2026-11-23T11:59:00Z', null, NOW)).toBe(60_000);
    expect(elapsedMs('2026-11-23T11:59:00Z', '2026-11-23T11:59:02Z', NOW)).toBe(2_000);
  });

  it('names', () => {
    expect(humanize('frequency_cap')).toBe('Frequency cap');
    expect(humanize('build-audience')).toBe('Build audience');
    expect(sentence('no `x` here')).toBe('No `x` here.');
    expect(sentence('Done!')).toBe('Done!');
    expect(formatShare(1, 3)).toBe('33.3%');
    expect(formatBytes(812)).toBe('812 B');
    expect(formatBytes(2_140_000)).toBe('2.1 MB');
  });
});
