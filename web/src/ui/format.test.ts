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
    expect(formatCell('2026-11-23')).toBe('Nov 23, 2026');
    expect(formatCell('2026-13-40')).toBe('2026-13-40');
    expect(formatCell(2026)).toBe('2026');
    expect(formatCell(12_345.675)).toBe('12,345.675');
    expect(formatCell('1234.50')).toBe('1234.50');
    expect(formatCell('1234.50', 'decimal(12,2)')).toBe('1,234.50');
    expect(formatCell('-0.50', 'decimal(12,2)')).toBe('-0.50');
    expect(formatCell('12345678901234567890', 'decimal(38,0)')).toBe('12,345,678,901,234,567,890');
    expect(formatCell({ a: [1] })).toBe('{"a":[1]}');
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
