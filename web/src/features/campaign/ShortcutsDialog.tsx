import { Kbd, Modal } from '@mantine/core';
import { t, type WordKey } from '@/i18n';
import classes from '@/features/campaign/editor.module.css';

const SHORTCUTS: [string[], WordKey][] = [
  [['A'], 'keys.add'],
  [['I'], 'keys.insert'],
  [['↑', '↓', '←', '→'], 'keys.go'],
  [['Alt', '↑↓←→'], 'keys.move'],
  [['Enter'], 'keys.open'],
  [['F2'], 'keys.rename'],
  [['C'], 'keys.connect'],
  [['S'], 'keys.select'],
  [['Del'], 'keys.delete'],
  [['E'], 'keys.enable'],
  [['B'], 'keys.breakpoint'],
  [['Ctrl', 'C'], 'keys.copy'],
  [['Ctrl', 'X'], 'keys.cut'],
  [['Ctrl', 'V'], 'keys.paste'],
  [['Ctrl', 'D'], 'keys.duplicate'],
  [['Ctrl', 'A'], 'keys.all'],
  [['Ctrl', 'Z'], 'keys.undo'],
  [['Ctrl', 'Y'], 'keys.redo'],
  [['Ctrl', 'S'], 'keys.save'],
  [['Ctrl', 'E'], 'keys.code'],
  [['/'], 'keys.find'],
  [['0'], 'keys.fit'],
  [['+', '−'], 'keys.zoom'],
];

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={t('keys.title')} size={620}>
      <dl className={classes.shortcuts}>
        {SHORTCUTS.map(([keys, word]) => (
          <div key={word}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{t(word)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
