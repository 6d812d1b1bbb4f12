create table ${prefix}BULLA_PROPERTY (
    NAME_ varchar(64) not null,
    VALUE_ varchar(300),
    primary key (NAME_)
);

create table ${prefix}BULLA_KEY (
    KID_ varchar(64) not null,
    PURPOSE_ varchar(16) not null,
    SINGLE_ varchar(16),
    ROW_ varchar(4000) not null,
    primary key (KID_),
    unique (SINGLE_)
);

create table ${prefix}BULLA_RECORD (
    LOG_ varchar(255) not null,
    SEQ_ bigint not null,
    RECORD_ text not null,
    SIGNATURE_ varchar(255) not null,
    primary key (LOG_, SEQ_)
);

create table ${prefix}BULLA_CHECKPOINT (
    LOG_ varchar(255) not null,
    SIZE_ bigint not null,
    SEQ_ bigint not null,
    NOTE_ varchar(4000) not null,
    FRONTIER_ varchar(4000) not null,
    primary key (LOG_, SIZE_)
);

create table ${prefix}BULLA_SALT (
    INSTANCE_ varchar(64) not null,
    SALT_ varchar(64) not null,
    primary key (INSTANCE_)
);

create table ${prefix}BULLA_OVERFLOW (
    ID_ varchar(128) not null,
    ENVELOPE_ text not null,
    primary key (ID_)
);

insert into ${prefix}BULLA_PROPERTY (NAME_, VALUE_) values ('schema.version', '1');
