create table if not exists note (id bigserial primary key, text text not null);
