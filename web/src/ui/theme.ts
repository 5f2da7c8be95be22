import { Alert, createTheme, Modal, type MantineColorsTuple } from '@mantine/core';
import { t } from '@/i18n';

const petrol: MantineColorsTuple = [
  '#e9f4f5',
  '#d2e6e8',
  '#a7ced2',
  '#74bcc4',
  '#4fa3ac',
  '#2f8791',
  '#22757f',
  '#1b6771',
  '#15565f',
  '#0b434b',
];

const dark: MantineColorsTuple = [
  '#e9eaec',
  '#c9cdd2',
  '#a3aab3',
  '#868e98',
  '#3a4149',
  '#2f353b',
  '#1f2429',
  '#14171a',
  '#101316',
  '#0b0d0f',
];

const gray: MantineColorsTuple = [
  '#f8f7f4',
  '#f1efe9',
  '#e6e2da',
  '#dcd7cc',
  '#cdc7bb',
  '#a9a398',
  '#5c6067',
  '#4a4e55',
  '#34373d',
  '#1d1f23',
];

const red: MantineColorsTuple = [
  '#fbeae7',
  '#f6d3ce',
  '#f3a197',
  '#ea7f73',
  '#dc5f53',
  '#c94a40',
  '#b53a33',
  '#a12b28',
  '#86211f',
  '#6a1817',
];

/** Made when the words are there. */
export const makeTheme = () =>
  createTheme({
    respectReducedMotion: true,
    primaryColor: 'petrol',
    primaryShade: { light: 7, dark: 7 },
    colors: { petrol, dark, gray, red },
    black: '#1d1f23',
    fontFamily: 'var(--t-font)',
    fontFamilyMonospace: 'var(--t-font-mono)',
    headings: { fontFamily: 'var(--t-font-display)', fontWeight: '600' },
    defaultRadius: 'md',
    cursorType: 'pointer',
    components: {
      Alert: Alert.extend({
        styles: {
          root: { background: 'var(--t-bad-soft)', color: 'var(--t-ink)' },
          title: { color: 'var(--t-bad)' },
          icon: { color: 'var(--t-bad)' },
        },
      }),
      // What takes the focus first would be an item without a name.
      Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
      Modal: Modal.extend({
        defaultProps: {
          centered: true,
          radius: 'lg',
          overlayProps: { backgroundOpacity: 0.45 },
          closeButtonProps: { 'aria-label': t('common.close') },
        },
        styles: {
          content: { background: 'var(--t-card)', border: '1px solid var(--t-line)' },
          header: { background: 'var(--t-card)' },
          title: { fontFamily: 'var(--t-font-display)', fontSize: 18, fontWeight: 600 },
        },
      }),
    },
  });
