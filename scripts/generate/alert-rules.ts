import { stringify } from 'yaml';
import { buildGroups } from '../../monitoring/alert.ts';
import { ALERTS } from '../../monitoring/alerts.ts';
import { GENERATED_BY, type Generated } from './generated.ts';

const yaml = (value: object): string => `# ${GENERATED_BY}\n${stringify(value, { lineWidth: 160, aliasDuplicateObjects: false })}`;

/** What Prometheus loads by `rule_files`, and promtool checks. */
export const alertRules: Generated = {
  path: 'monitoring/generated/rules.yaml',
  build: () => yaml({ groups: buildGroups(ALERTS) }),
};

/** The same for the Prometheus Operator. */
export const prometheusRule: Generated = {
  path: 'monitoring/generated/prometheus-rule.yaml',
  build: () =>
    yaml({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'valera', labels: { 'app.kubernetes.io/name': 'valera', 'app.kubernetes.io/part-of': 'valera' } },
      spec: { groups: buildGroups(ALERTS) },
    }),
};
