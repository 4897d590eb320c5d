export { abilityFor, as, type Action, type AppAbility, type AppRule, type Subject } from './ability.ts';
export { authorize } from './authorize.ts';
export { narrow, type Columns } from './scope.ts';
export { matchConditions, type Conditions, type FieldCondition } from './conditions.ts';
