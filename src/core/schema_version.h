/* The version of the database schema that this program is made for. */
#ifndef EVENTFLOW_CORE_SCHEMA_VERSION_H
#define EVENTFLOW_CORE_SCHEMA_VERSION_H

/* What eventflow.schema_version must hold: raised by each change in sql/. */
enum { SCHEMA_VERSION = 19 };

/* One row of one column, or none. */
#define SCHEMA_VERSION_QUERY "SELECT v.version FROM eventflow.schema_version v"

#endif
