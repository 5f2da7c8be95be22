import { Button } from '@mantine/core';
import { IconCopy, IconPower, IconTrash } from '@tabler/icons-react';
import { removeActivities, updateActivity } from '@/canvas/edit/document';
import type { Editor } from '@/features/campaign/useEditor';
import { t } from '@/i18n';
import classes from '@/features/campaign/editor.module.css';
import panel from '@/features/campaign/campaign.module.css';

/** What can be done with several activities at once. */
export function ManyPanel({
  editor,
  ids,
  onCopy,
}: {
  editor: Editor;
  ids: string[];
  onCopy: () => void;
}) {
  const enable = (enabled: false | undefined) =>
    editor.change((former) =>
      ids.reduce((document, id) => updateActivity(document, id, { enabled }), former),
    );
  return (
    <aside className={panel.panel} aria-label={t('many.title', { n: ids.length })}>
      <header className={panel.panelHead}>
        <h2 className={panel.panelTitle}>{t('many.title', { n: ids.length })}</h2>
      </header>
      <div className={`${panel.panelBody} ${classes.stack} ${classes.padded}`}>
        <Button variant="default" leftSection={<IconCopy size={15} />} onClick={onCopy}>
          {t('panel.copy')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconPower size={15} />}
          onClick={() => enable(false)}
        >
          {t('panel.disable')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconPower size={15} />}
          onClick={() => enable(undefined)}
        >
          {t('panel.enable')}
        </Button>
        <Button
          variant="default"
          color="red"
          leftSection={<IconTrash size={15} />}
          onClick={() => editor.change((former) => removeActivities(former, ids))}
        >
          {t('panel.delete')}
        </Button>
        <p className={panel.summary}>{t('many.help')}</p>
      </div>
    </aside>
  );
}
