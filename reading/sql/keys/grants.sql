-- What the service's role may do: everything it needs and no more. It cannot delete a destroyed subject's row, nor change the schema.
-- {role} is replaced by the quoted name.

grant usage on schema keystore to {role};
grant select, insert, update on keystore.networks to {role};
grant select, insert, update (wrapped) on keystore.keys to {role};
grant select, insert, delete on keystore.refs, keystore.destroyed_refs to {role};
