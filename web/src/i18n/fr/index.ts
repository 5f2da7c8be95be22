/** Tous les mots de l’application en français ; voir `en/` pour la façon de les écrire. */
import type { Words } from '@/i18n';
import { activities } from '@/i18n/fr/activities';
import { campaigns } from '@/i18n/fr/campaigns';
import { canvas } from '@/i18n/fr/canvas';
import { data } from '@/i18n/fr/data';
import { fields } from '@/i18n/fr/fields';
import { general } from '@/i18n/fr/general';
import { library } from '@/i18n/fr/library';
import { mail } from '@/i18n/fr/mail';
import { operating } from '@/i18n/fr/operating';
import { people } from '@/i18n/fr/people';
import { rules } from '@/i18n/fr/rules';
import { runs } from '@/i18n/fr/runs';
import { settings } from '@/i18n/fr/settings';

export const fr: Words = {
  ...activities,
  ...campaigns,
  ...canvas,
  ...data,
  ...fields,
  ...general,
  ...library,
  ...mail,
  ...operating,
  ...people,
  ...rules,
  ...runs,
  ...settings,
};
