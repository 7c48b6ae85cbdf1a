# Run once, by the image, when the volume is new: the user has two databases, and nothing else of the server.
# https://github.com/docker-library/docs/blob/master/mysql/README.md#initializing-a-fresh-instance
docker_process_sql --database=mysql <<END
CREATE DATABASE IF NOT EXISTS mlpipeline;
CREATE DATABASE IF NOT EXISTS metadb;
GRANT ALL ON mlpipeline.* TO '${MYSQL_USER}'@'%';
GRANT ALL ON metadb.* TO '${MYSQL_USER}'@'%';
END
