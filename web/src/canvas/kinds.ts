/** How activity kinds look. What they are comes from the server's registry. */
import {
  IconArrowsExchange,
  IconArrowsJoin2,
  IconArrowsSplit2,
  IconBell,
  IconBellRinging,
  IconBox,
  IconCirclesRelation,
  IconClock,
  IconCloudDataConnection,
  IconCopy,
  IconDatabase,
  IconDatabaseEdit,
  IconDeviceFloppy,
  IconDeviceMobileMessage,
  IconFileExport,
  IconFileImport,
  IconFlag,
  IconGitBranch,
  IconGitFork,
  IconHistory,
  IconLink,
  IconMail,
  IconMailbox,
  IconSend,
  IconTablePlus,
  IconUserCheck,
  IconUsers,
  IconUsersGroup,
  IconWebhook,
  type Icon,
} from '@tabler/icons-react';
import type { ActivityCategory, ActivityKind } from '@/api/types';
import { tMaybe, tServer } from '@/i18n';
import { humanize } from '@/ui/format';

const ICONS: Record<string, Icon> = {
  'build-audience': IconUsersGroup,
  'read-audience': IconUsers,
  'incremental-query': IconHistory,
  'load-file': IconFileImport,
  combine: IconCirclesRelation,
  deduplication: IconCopy,
  split: IconArrowsSplit2,
  enrichment: IconTablePlus,
  reconciliation: IconLink,
  'change-dimension': IconArrowsExchange,
  'save-audience': IconDeviceFloppy,
  'update-data': IconDatabaseEdit,
  'extract-file': IconFileExport,
  fork: IconGitFork,
  'and-join': IconArrowsJoin2,
  test: IconGitBranch,
  wait: IconClock,
  alert: IconBell,
  approval: IconUserCheck,
  end: IconFlag,
  email: IconMail,
  sms: IconDeviceMobileMessage,
  push: IconBellRinging,
  webhook: IconWebhook,
  'http-call': IconCloudDataConnection,
  'direct-mail': IconMailbox,
};
const CATEGORY_ICONS: Record<ActivityCategory, Icon> = {
  targeting: IconUsersGroup,
  flow: IconGitFork,
  'flow-control': IconGitFork,
  channel: IconSend,
  data: IconDatabase,
};

/** The look of a category, which has a colour of that name. */
export type CategoryTone = 'targeting' | 'flow' | 'channel' | 'data';

export interface KindLook {
  label: string;
  category: CategoryTone | undefined;
  summary: string | undefined;
  Icon: Icon;
}

/** The look of a kind, also of one that the registry does not have. */
export function kindLook(type: string, kinds: ActivityKind[] | undefined): KindLook {
  const known = kinds?.find(({ kind }) => kind === type);
  const fallback = known === undefined ? IconBox : (CATEGORY_ICONS[known.category] ?? IconBox);
  return {
    label: kindLabel(type, known),
    category: known === undefined ? undefined : categoryTone(known.category),
    summary: tServer(known?.summary),
    Icon: ICONS[type] ?? fallback,
  };
}

/** What a kind is called: in the reader's language where that is known, else as the server says. */
export function kindLabel(type: string, known: ActivityKind | undefined): string {
  return tMaybe('kind', type) ?? known?.label ?? humanize(type);
}

export function categoryTone(category: ActivityCategory): CategoryTone {
  return category === 'flow-control' ? 'flow' : category;
}
