package dev.bulla.engine.sql;

import java.util.List;

/**
 * A FROM clause.
 *
 * @param tables named in it
 * @param inner derived tables
 * @param conditions of its ON clauses
 */
record From(List<Table> tables, List<Query> inner, List<Condition> conditions) {}
