/** Several voices that become one: the mark of Tutti. */
import { t } from '@/i18n';
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill={t('word.noneSmall')} aria-hidden>
      <rect width="32" height="32" rx="9" fill="#1b6771" />
      <g stroke="#ffffff" strokeWidth="2.3" strokeLinecap="round">
        <path d="M7 9.2c6 0 7.2 6.8 12 6.8" />
        <path d="M7 16h12" />
        <path d="M7 22.8c6 0 7.2-6.8 12-6.8" />
      </g>
      <circle cx="22.6" cy="16" r="3.6" fill="#f3b562" />
    </svg>
  );
}
