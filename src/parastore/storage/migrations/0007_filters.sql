-- Filters of lists begin at an index of what they ask for, so that a page looks at what may be in it and not at all
-- that is stored. Each gives its paths in order.

CREATE INDEX parameter_tag_by_value ON parameter_tag (account, region, key, value, path);
CREATE INDEX parameter_label_by_label ON parameter_label (account, region, label, path);

-- One index for type and tier: both have few values, so a filter for one of them asks for each value of the other.
CREATE INDEX parameter_by_kind ON parameter (account, region, type, tier, path);
CREATE INDEX parameter_by_key ON parameter (account, region, key_id, path) WHERE key_id IS NOT NULL;
CREATE INDEX parameter_by_data_type ON parameter (account, region, data_type, path) WHERE data_type <> 'text';
