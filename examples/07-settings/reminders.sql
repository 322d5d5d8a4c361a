create table if not exists reminders (id text primary key, text text not null);
