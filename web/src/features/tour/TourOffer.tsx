import { ActionIcon, Tooltip } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconRoute } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { useCampaignHeads } from '@/api/documents';
import { DEMO_CAMPAIGN } from '@/features/tour/steps';
import { t } from '@/i18n';

const Tour = lazy(async () => ({ default: (await import('@/features/tour/Tour')).Tour }));

/** Offers the tour where the sample shop is there; whoever comes for the first time is in it. */
export function TourOffer() {
  const [state, setState] = useLocalStorage<'new' | 'shown' | 'ended'>({
    key: 'tutti-tour',
    defaultValue: 'new',
    getInitialValueInEffect: false,
  });
  const isDemo = useCampaignHeads().data?.some(({ name }) => name === DEMO_CAMPAIGN) === true;
  if (!isDemo) return null;
  return (
    <>
      <Tooltip label={t('tour.take')}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('tour.take')}
          onClick={() => setState('shown')}
        >
          <IconRoute size={18} />
        </ActionIcon>
      </Tooltip>
      {state !== 'ended' && (
        <Suspense fallback={null}>
          <Tour onEnd={() => setState('ended')} />
        </Suspense>
      )}
    </>
  );
}
