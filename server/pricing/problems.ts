import { defineProblem } from '../kernel/errors.ts';

export const SellerNotApproved = defineProblem({
  code: 'pricing.seller_not_approved',
  status: 409,
  title: 'The agency may not sell at the moment',
  detail: () =>
    'This agency, or one above it, is suspended or not yet approved, so nothing can be priced for it. Please contact your provider.',
});
