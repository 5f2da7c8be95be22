import type { Sentence } from '@/i18n/tell';

export const saidFr: Sentence[] = [];
