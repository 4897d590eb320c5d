import { currencyExponent } from '../kernel/money-exponent.ts';
import type { Mails } from '../themes/index.ts';
import type { WalletNotice } from '../wallets/index.ts';

/** Data of a mail about a wallet. */
export function walletMail(notice: WalletNotice): Mails['wallet-notice'] {
  const { recipientName, agencyName, parentName, step, amount, reference, message, url } = notice;
  return {
    recipientName,
    agencyName,
    parentName,
    step,
    url,
    ...(amount ? { amount: { ...amount, exponent: currencyExponent(amount.currency) } } : {}),
    ...(reference ? { reference } : {}),
    ...(message ? { message } : {}),
  };
}
