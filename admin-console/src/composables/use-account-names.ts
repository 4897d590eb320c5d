import { useI18n } from 'vue-i18n';
import type { Book } from '../api/money.ts';

/** An account's code in words; the code itself where there are none. */
export function useAccountNames() {
  const { t, te } = useI18n();
  return {
    groupName: (group: string) =>
      te(`ledger.group.${group}`) ? t(`ledger.group.${group}`) : group.replaceAll('_', ' '),
    partyName: (party: Book | null) => (party ? t('ledger.with', { name: party.name }) : ''),
  };
}
