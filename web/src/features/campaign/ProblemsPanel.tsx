import { ActionIcon } from '@mantine/core';
import { IconCircleCheck, IconX } from '@tabler/icons-react';
import { useCanvasActions } from '@/canvas/edit/actions';
import { activityLabel, type Trouble } from '@/canvas/edit/words';
import { ProblemLine } from '@/features/campaign/ActivityEditor';
import type { Editor } from '@/features/campaign/useEditor';
import { t } from '@/i18n';
import { EmptyState } from '@/ui/states';
import classes from '@/features/campaign/editor.module.css';
import panel from '@/features/campaign/campaign.module.css';

interface Props {
  editor: Editor;
  trouble: Map<string, Trouble>;
  onClose: () => void;
}

/** All errors and warnings of the campaign, with the way to each. */
export function ProblemsPanel({ editor, trouble, onClose }: Props) {
  const actions = useCanvasActions();
  const lines = [...trouble].flatMap(([id, { errors, warnings }]) =>
    [...errors, ...warnings].map((item) => ({ id, item })),
  );
  lines.sort(
    (a, b) => Number(a.item.severity === 'warning') - Number(b.item.severity === 'warning'),
  );
  return (
    <aside className={panel.panel} aria-label={t('problems.title')}>
      <header className={panel.panelHead}>
        <h2 className={`${panel.panelTitle} ${classes.fill}`}>{t('problems.title')}</h2>
        <ActionIcon variant="subtle" color="gray" aria-label={t('panel.close')} onClick={onClose}>
          <IconX size={18} />
        </ActionIcon>
      </header>
      <div className={panel.panelBody} tabIndex={0} role="region" aria-label={t('panel.details')}>
        {lines.length === 0 ? (
          <EmptyState icon={IconCircleCheck} title={t('problems.none')}>
            {t('problems.noneHelp')}
          </EmptyState>
        ) : (
          <ul className={classes.troubles}>
            {lines.map(({ id, item }, index) => {
              const activity = editor.document.canvas.activities.find((each) => each.id === id);
              return (
                <ProblemLine key={index} editor={editor} item={item}>
                  {activity !== undefined && (
                    <button type="button" className={classes.goTo} onClick={() => actions.open(id)}>
                      {activityLabel(activity)}
                    </button>
                  )}
                </ProblemLine>
              );
            })}
          </ul>
        )}
      </div>
    </aside>
  );
}
