import { IconFileUnknown } from '@tabler/icons-react';
import { EmptyState } from '@/ui/states';
import { t } from '@/i18n';

/** In the place of a form, while the text of the document is not in order. */
export function Unreadable() {
  return (
    <EmptyState icon={IconFileUnknown} title={t('data.unreadable')} tone="neutral">
      {t('data.unreadableText')}
    </EmptyState>
  );
}
