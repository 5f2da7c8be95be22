/** Les phrases du serveur où sont des valeurs ; ce qui manque ici reste en anglais. */
import { checksFr } from '@/i18n/said/checks.fr';
import { rulesFr } from '@/i18n/said/rules.fr';
import { runsFr } from '@/i18n/said/runs.fr';
import { testedFr } from '@/i18n/said/tested.fr';
import { testsFr } from '@/i18n/said/tests.fr';
import type { Said } from '@/i18n/tell';

export const saidFr: Said = {
  sentences: [...runsFr, ...checksFr, ...testsFr, ...testedFr],
  rules: rulesFr,
};
