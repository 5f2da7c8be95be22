import { useComputedColorScheme } from '@mantine/core';
import { useActivityKinds } from '@/api/campaigns';
import type { CampaignDocument, DryRun, RunSummary } from '@/api/types';
import { Canvas } from '@/canvas/Canvas';
import { runsSideways } from '@/canvas/edit/document';
import { Dialog } from '@/ui/Dialog';
import classes from '@/features/common/common.module.css';
import { t } from '@/i18n';

interface Props {
  dryRun: DryRun;
  document: CampaignDocument;
  ports: Record<string, string[]>;
  onClose: () => void;
}

/** The canvas with the rows that would go each way. */
export function DryCanvas({ dryRun, document, ports, onClose }: Props) {
  const colorScheme = useComputedColorScheme('light');
  const kinds = useActivityKinds();
  return (
    <Dialog onClose={onClose} title={t('launch.expected')} size="92%">
      <div className={classes.dryCanvas}>
        <Canvas
          document={document}
          ports={ports}
          kinds={kinds.data}
          run={asRun(dryRun)}
          colorScheme={colorScheme}
          direction={runsSideways(document) ? 'right' : 'down'}
          chosenActivity={undefined}
          chosenPort={undefined}
          onActivity={() => undefined}
        />
      </div>
    </Dialog>
  );
}

/** A dry run in the shape of a run that has ended; nothing in it was done. */
function asRun({ campaign, version, transitions, deliveries }: DryRun): RunSummary {
  return {
    run: '',
    campaign,
    version,
    state: 'completed',
    mode: 'test',
    started_at: '',
    finished_at: null,
    activities: [],
    transitions,
    deliveries,
  };
}
