import { useLocalStorage } from '@mantine/hooks';

/** The newest alert that somebody has seen in this browser, by its number, and how it is moved on. */
export function useSeen(): [seen: number, see: (seq: number) => void] {
  const [seen, setSeen] = useLocalStorage({
    key: 'tutti-alerts-seen',
    defaultValue: 0,
    getInitialValueInEffect: false,
  });
  return [seen, (seq) => setSeen((former) => Math.max(former, seq))];
}
