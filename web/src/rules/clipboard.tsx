/** Parts of rules that are copied: from one rule into another, over campaigns and tabs. What is copied is JSON. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconClipboardPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { Rule } from '@/api/types';
import { t } from '@/i18n';
import { isRule } from '@/rules/words';

export async function copyRule(rule: Rule): Promise<void> {
  await navigator.clipboard.writeText(JSON.stringify(rule, null, 2));
}

/** Puts a copied rule in; says so where what was copied is none. */
export function PasteRule({ onPaste }: { onPaste: (rule: Rule) => void }) {
  const [wrong, setWrong] = useState(false);
  const paste = async () => {
    const rule = await readRule();
    setWrong(rule === undefined);
    if (rule !== undefined) onPaste(rule);
  };
  const label = wrong ? t('rules.nothingToPaste') : t('rules.paste');
  return (
    <Tooltip label={label} withArrow>
      <ActionIcon
        size="sm"
        variant="subtle"
        color={wrong ? 'red' : 'gray'}
        aria-label={label}
        onClick={() => void paste()}
      >
        <IconClipboardPlus size={14} />
      </ActionIcon>
    </Tooltip>
  );
}

/** What was copied, if it is a rule. */
export async function readRule(): Promise<Rule | undefined> {
  try {
    const value: unknown = JSON.parse(await navigator.clipboard.readText());
    return isRule(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
